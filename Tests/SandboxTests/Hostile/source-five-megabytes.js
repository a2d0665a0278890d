/*
{
  "attempt": "Has five megabytes of comments.",
  "bytes": {"@PAD@": {"text": "x", "times": 5000000}},
  "expect": {"result": "read"}
}
*/
// @PAD@
export default () => "read";
