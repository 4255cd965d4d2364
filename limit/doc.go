// Package limit answers whether there is room left: a Bucket, a Rate, an instant and a cost
// go in, a Decision and the next Bucket come out. It is the generic cell rate algorithm
// (GCRA, ITU-T I.371), a leaky bucket that needs one instant of memory and no timer.
//
// The package is pure: it reads no clock and keeps nothing. Whoever asks stores the Bucket,
// by address, by key, wherever he likes, and sees to it that two at once do not spend the
// same Bucket.
package limit
