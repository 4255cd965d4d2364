package policy

// InForce is the text of a policy, and from which revision on it is in force.
type InForce struct {
	Since uint64
	Text  string
}
