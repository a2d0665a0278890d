/*
{
  "attempt": "Is a module of CommonJS.",
  "expect": {"failure": "compile_error"}
}
*/
module.exports = async function handler(input, host) { return 1; };
