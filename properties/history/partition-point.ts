/**
 * Of `length` items of which all that come before some point have a property and none behind it has, how many have it: the
 * index of the first that has not (C++ calls it so).
 */
export function partitionPoint(length: number, isBefore: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
