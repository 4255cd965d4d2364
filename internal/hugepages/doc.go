// Package hugepages asks the operating system for memory in pages of 2 MiB.
//
// Finding the page of an address takes a processor longer than it takes to read the memory, once
// the pages are more than it remembers; in a virtual machine it finds each twice. With 4 KiB a
// page that is so from some ten megabytes on. Linux gives huge pages to whoever asks, unless it is set
// to give them to everybody or to nobody.
package hugepages
