/** The group community-id. */

// record COMMUNITY_ID: block of the group in a row.
/** u8[32]: TEXT_VALUE */
export const COMMUNITY_ID_TEXT = 0;
/** size */
export const COMMUNITY_ID_SIZE = 32;

/** number bytes: a message of SHA-1 with its padding, later the Base64 of four digests */
export const DIGEST_SIZE = 112;
/** number bytes: message schedule of SHA-1 for four messages */
export const DIGEST_WORDS_SIZE = 1280;
