package keywright

import "time"

// Commit is where a change that may take something away stands among all changes. A Receipt
// proves since when every node knows of it.
type Commit struct {
	Revision uint64    // of the change; of what was there already, when there was nothing to change
	At       time.Time // when it stood, at the latest
	Account  AccountID
	Subject  Subject // who or what was changed; zero when nothing was
}

// commitOf is where a transaction will stand. Its time is known once it does.
func commitOf(tx Tx, account AccountID, subject Subject, changed bool) Commit {
	if !changed {
		return Commit{Revision: tx.Revision() - 1}
	}
	return Commit{Revision: tx.Revision(), Account: account, Subject: subject}
}
