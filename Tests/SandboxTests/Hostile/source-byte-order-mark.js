/*
{
  "attempt": "Begins with a byte-order mark.",
  "bytes": {"begin": {"hex": "efbbbf"}},
  "expect": {"result": "read"}
}
*/
export default () => "read";
