/*
{
  "attempt": "Declares 20,000 functions.",
  "bytes": {"@MANY@": {"text": "(() => 1);", "times": 20000}},
  "expect": {"result": "read"}
}
*/
@MANY@
export default () => "read";
