-- +goose Up

-- Each policy that was put in force, from which revision on. The last one is in force.
CREATE TABLE policies (
	revision BIGINT PRIMARY KEY,
	text     TEXT   COLLATE "C" NOT NULL
);

CREATE TRIGGER policies_are_fixed BEFORE UPDATE ON policies
FOR EACH ROW EXECUTE FUNCTION forbid('a policy that was in force can not be changed');

CREATE TRIGGER policies_are_kept BEFORE DELETE ON policies
FOR EACH ROW EXECUTE FUNCTION forbid('a policy that was in force can not be deleted');

CREATE TRIGGER policies_are_not_emptied BEFORE TRUNCATE ON policies
EXECUTE FUNCTION forbid('a policy that was in force can not be deleted');
