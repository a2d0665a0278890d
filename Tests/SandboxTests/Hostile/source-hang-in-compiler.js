/*
{
  "attempt": "Declares so many names that the compiler itself takes long.",
  "limits": {"cpuMilliseconds": 60},
  "bytes": {"@MANY@": {"text": "let name_#=1;", "times": 40000, "numbered": true}},
  "expect": {"failure": "cpu_limit"}
}
*/
{ @MANY@ }
export default () => "read";
