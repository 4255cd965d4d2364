-- name: KeepReceipt :exec
-- A receipt that says safe is final. Until then, it can say more the next time.
INSERT INTO receipts (revision, account_id, subject_id, safe, receipt)
VALUES (@revision, @account, @subject, @safe, @receipt)
ON CONFLICT (revision) DO UPDATE SET safe = excluded.safe, receipt = excluded.receipt
WHERE receipts.safe = 0;

-- name: Receipt :one
SELECT receipt FROM receipts WHERE revision = @revision AND account_id = @account;

-- name: ReceiptOf :one
-- The last one of whatever was changed.
SELECT receipt FROM receipts
WHERE account_id = @account AND subject_id = @subject
ORDER BY revision DESC
LIMIT 1;
