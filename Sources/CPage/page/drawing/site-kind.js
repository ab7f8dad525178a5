/** What a site is; as in the server's answer, and `nowhere` for a site that a view cannot show. */
export const Kind = { column: 0, vacant: 1, nowhere: 2 };
