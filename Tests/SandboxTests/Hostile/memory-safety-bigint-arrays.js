/*
{
  "attempt": "Detaches arrays of large integers in the conversions of what is put in.",
  "expect": {"result": [7, true]}
}
*/
export default async function handler(input, host) {
  let tried = 0;
  for (const use of [
    (a, v) => a.fill(v),
    (a, v) => a.with(0, v),
    (a, v) => { a[0] = v; },
    (a, v) => a.set([v, 1n]),
    (a, v) => a.indexOf(v),
    (a, v) => BigInt64Array.from([v]),
    (a, v) => new DataView(a.buffer).setBigInt64(0, v),
  ]) {
    const array = new BigInt64Array(1000);
    try { use(array, { valueOf() { array.buffer.transfer(); return 5n; } }); } catch (error) {}
    tried++;
  }
  return [tried, BigInt.asUintN(64, -1n) > 0n];
}
