/*
{
  "attempt": "Awaits within parameters, where no grammar lets it.",
  "expect": {"failure": "compile_error"}
}
*/
export default async function handler(input = await 1, host) { return 1; }
