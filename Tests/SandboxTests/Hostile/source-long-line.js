/*
{
  "attempt": "Is a million characters on one line, after which it fails.",
  "bytes": {"@PAD@": {"text": "x", "times": 1000000}},
  "expect": {"failure": "threw", "message": "far to the right"}
}
*/
const text = "@PAD@"; export default () => { throw new Error("far to the right"); };
