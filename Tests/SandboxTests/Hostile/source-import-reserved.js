/*
{
  "attempt": "Binds a name that imports may not bind.",
  "expect": {"failure": "compile_error"}
}
*/
import { default as eval } from "x";
export default () => 1;
