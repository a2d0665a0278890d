/// How much models are known to write at most in one reply.
///
/// A request for more is refused by the model's service, so what is asked for is lowered to what the model can do. A model that is not
/// known here is asked as the caller wants.
///
/// Source: the providers' model cards (the user guides of Amazon Bedrock and of Amazon Nova, Anthropic's overview of its models), as of
/// July 2026, not compared with the services themselves (docs/not-verified.md).
public enum ModelOutputLimits {
  /// The most output tokens of one reply; nil when the model is not known.
  /// - Parameter modelID: a model id, an inference profile's id, or an ARN.
  public static func maxTokens(modelID: String) -> Int? {
    ModelName.entry(for: modelID) { known[$0] != nil }.flatMap { known[$0] }
  }

  /// What may be asked of a model that should write `wanted` tokens: as much, or what it writes at most.
  public static func lowered(_ wanted: Int, modelID: String) -> Int { min(wanted, maxTokens(modelID: modelID) ?? wanted) }

  private static let known: [String: Int] = [
    "anthropic.claude-3-haiku": 4_096, "anthropic.claude-3-sonnet": 4_096, "anthropic.claude-3-opus": 4_096,
    // The first of the two, of June 2024, writes half as much as the second.
    "anthropic.claude-3-5-sonnet-20240620": 4_096, "anthropic.claude-3-5-sonnet": 8_192, "anthropic.claude-3-5-haiku": 8_192,
    "anthropic.claude-opus-4": 32_000, "anthropic.claude-opus-4-1": 32_000, "anthropic.claude-sonnet-4": 64_000,
    "anthropic.claude-sonnet-4-5": 64_000, "anthropic.claude-haiku-4-5": 64_000, "anthropic.claude-opus-4-5": 64_000,
    "amazon.nova-micro": 10_000, "amazon.nova-lite": 10_000, "amazon.nova-pro": 10_000, "mistral.mistral-large-2407": 8_192,
  ]
}
