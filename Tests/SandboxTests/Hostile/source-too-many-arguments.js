/*
{
  "attempt": "Passes 70,000 arguments.",
  "bytes": {"@ONES@": {"text": "1,", "times": 70000}},
  "expect": {"failure": "compile_error"}
}
*/
export default () => Math.max(@ONES@1);
