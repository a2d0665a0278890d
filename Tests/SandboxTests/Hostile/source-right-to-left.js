/*
{
  "attempt": "Has characters that make a reader see other code than runs.",
  "expect": {"anyResult": true}
}
*/
const isAdministrator = "user‮ ⁦// only administrators⁩ ⁦";
export default () => isAdministrator.length;
