/*
{
  "attempt": "Has a NUL in its code, after which a reader of C would stop.",
  "bytes": {"@NUL@": {"hex": "00"}},
  "expect": {"failure": "compile_error"}
}
*/
export default () => "shown";@NUL@ throw new Error("hidden");
