/*
{
  "attempt": "Returns nothing: the result is null.",
  "expect": {"result": null}
}
*/
export default async function handler(input, host) {

}
