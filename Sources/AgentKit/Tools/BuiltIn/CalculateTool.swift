import JSON

/// Computes; models do not.
struct CalculateTool: Tool {
  let name = "calculate"
  let description = """
    Computes an arithmetic expression with exact decimals. Operators: + - * / % (remainder) ^ (whole power), parentheses. \
    Functions: abs, min, max, sum, avg, round(x, digits), floor, ceil, sqrt. Names stand for the numbers in 'variables'. \
    'exact' is false when the result had to be rounded (to 34 digits).
    """
  let inputSchema: JSONValue = [
    "type": "object", "required": ["expression"], "additionalProperties": false,
    "properties": [
      "expression": ["type": "string", "minLength": 1, "maxLength": 4_000, "description": "Such as 'round((a - b) / b * 100, 1)'."],
      "variables": [
        "type": "object", "additionalProperties": ["type": ["number", "string"]],
        "description": "Numbers by name, such as {\"a\": 12.5, \"b\": 10}.",
      ],
    ],
  ]

  func run(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue {
    let text = input["expression"]?.stringValue ?? ""
    let variables = input["variables"]?.objectValue ?? [:]
    do {
      let value = try Expression(text).evaluate { name throws(ExpressionError) in
        guard let value = variables[name] else { throw ExpressionError("there is no variable '\(name)'") }
        guard let number = TableCell.number(value) else {
          throw ExpressionError("the variable '\(name)' is \(shortened(value)), not a number")
        }
        return number
      }
      return ["expression": .string(text), "result": value.number.jsonValue, "exact": .bool(value.isExact)]
    } catch let error as ExpressionError {
      throw ToolError("invalid_expression", "\(error)")
    } catch let error as DecimalError {
      throw ToolError("not_computable", "\(error)")
    }
  }
}
