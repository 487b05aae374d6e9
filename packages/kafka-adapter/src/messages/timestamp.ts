/**
 * A moment in the form that every message uses: ISO-8601, UTC, milliseconds.
 *
 * @param moment milliseconds since 1970 (parts of a millisecond are cut), or a Date
 * @throws RangeError when it is no valid moment.
 */
export const timestampOf = (moment: number | Date): string =>
  new Date(typeof moment === 'number' ? Math.floor(moment) : moment).toISOString();
