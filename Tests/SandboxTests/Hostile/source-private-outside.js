/*
{
  "attempt": "Reads a private name of no class.",
  "expect": {"failure": "compile_error"}
}
*/
export default (input) => input.#secret;
