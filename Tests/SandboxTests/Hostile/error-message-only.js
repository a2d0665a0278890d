/*
{
  "attempt": "Throws an object that has a message and a name, and is no Error.",
  "expect": {"failure": "threw", "message": "OwnKind: of its own making"}
}
*/
export default async function handler(input, host) {
  throw { name: "OwnKind", message: "of its own making" };
}
