public import AWSClient
public import AgentKit
import JSON
public import Orchestration

/// Tells people how a fabrication is coming on. What is lost of it changes nothing.
public protocol FabricationProgress: Sendable {
  /// - Parameters:
  ///   - step: the tool's name.
  ///   - text: one line of what came out.
  func note(_ step: String, _ text: String, of claim: TaskClaim) async
}

/// Progress in the claim's row of the worker state table: its attribute `progress`, a list of `{at, step, text}`.
public struct ClaimProgress: FabricationProgress {
  /// Lines that a row keeps; those after them are in the log only. A row has room for 400 KB.
  public static let kept = 200

  private let client: DynamoDBClient
  private let table: String
  private let clock: any Clock

  public init(client: DynamoDBClient, workerStateTable: String, clock: any Clock) {
    self.client = client
    table = workerStateTable
    self.clock = clock
  }

  public func note(_ step: String, _ text: String, of claim: TaskClaim) async {
    let line: AttributeValue = ["at": .number(clock.nowMilliseconds), "step": .string(step), "text": .string(text)]
    _ = try? await client.updateItem(
      UpdateItemInput(
        tableName: table, key: ["requestId": .string(claim.key.claimID)],
        updateExpression: "SET progress = list_append(if_not_exists(progress, :none), :line)",
        conditionExpression: "claim_owner = :owner AND (attribute_not_exists(progress) OR size(progress) < :kept)",
        expressionAttributeValues: [
          ":none": .list([]), ":line": .list([line]), ":owner": .string(claim.owner), ":kept": .number(Int64(Self.kept)),
        ]))
  }
}
