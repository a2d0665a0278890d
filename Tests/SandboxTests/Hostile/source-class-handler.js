/*
{
  "attempt": "Exports a class as its handler.",
  "expect": {"failure": "threw"}
}
*/
export default class Handler { constructor(input, host) { this.value = 1; } }
