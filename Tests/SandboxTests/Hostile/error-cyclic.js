/*
{
  "attempt": "Throws an error that is its own cause, message and name.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  const error = new Error("cyclic");
  error.cause = error;
  error.message = error;
  error.name = error;
  throw error;
}
