/*
{
  "attempt": "Has atob throw, whose exceptions are not Errors to the engine: the failure says all the same what was wrong.",
  "expect": {"failure": "threw", "message": "InvalidCharacterError"}
}
*/
export default async function handler(input, host) {
  return atob("%%%");
}
