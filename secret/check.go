package secret

import "hash/crc32"

// check gives the check characters of a text: the CRC-32/IEEE of everything before them, brand
// and env included, as six base62 digits. The first is 0 to 4, as 2^32 is less than 5 x 62^5.
//
// They refuse typing errors without a lookup and let anyone scan for leaked keys. They are no
// security measure: whoever invents a text can compute them.
//
// Which errors never pass, as opposed to once in 2^32:
//   - One wrong character, two neighbours swapped, live for test: a CRC-32 sees every error
//     burst of at most 32 bits, so the number changes, and six digits write each number once.
//     The same errors within the check characters leave the number and change what is written.
//   - The last character before the check swapped with the first of it, both 0 to 4: the number
//     written moves by a multiple of 62^5, so its lowest five bits stay; the CRC changes by one of
//     the entries 1 to 7 of its table, and each of them changes those bits.
//   - A character too many or too few after the brand: the form is refused, whatever the check.
//
// A character too many or too few in the brand passes once in 2^32; then it is another brand.
//
// crc32.ChecksumIEEE wants a []byte that escapes: one allocation for each text looked at, and
// strangers send them. The loop has none.
func check(before string) [checkLen]byte {
	table := crc32.IEEETable
	crc := ^uint32(0)
	for i := range len(before) {
		crc = table[byte(crc)^before[i]] ^ crc>>8
	}
	crc = ^crc

	var out [checkLen]byte
	for i := checkLen - 1; i >= 0; i-- {
		out[i] = digits[crc%uint32(len(digits))]
		crc /= uint32(len(digits))
	}
	return out
}
