public import AgentKit
internal import JSON

/// Reads what there is in an account and region: every list to its end, and of each resource what rules look at.
///
/// It never throws. What could not be read is a gap of the inventory, with the service's code and message, and the rest goes on. The order of the
/// result depends on nothing but the account: resources are sorted by ARN.
public struct Discovery: Sendable {
  private let reader: any AccountReader
  /// Of one run: counts and gaps begin anew with each.
  private(set) var calls: AccountCalls
  let clock: any Clock
  let parallelism: Int
  let region: String

  /// - Parameter parallelism: calls that are under way at a time, 1 to 32.
  public init(reader: any AccountReader, clock: any Clock, parallelism: Int = 4) {
    self.reader = reader
    calls = AccountCalls(reader: reader)
    self.clock = clock
    self.parallelism = min(max(parallelism, 1), 32)
    region = reader.region
  }

  /// Reads the account. A cancelled task ends early, with what was read until then and a gap that says so.
  public func run() async -> Inventory {
    var fresh = self
    fresh.calls = AccountCalls(reader: reader)
    return await fresh.read()
  }

  private func read() async -> Inventory {
    var inventory = Inventory(accountID: await accountID() ?? "", region: region)
    inventory.functions = await functions().sortedByARN(\.reference)
    inventory.accountConcurrencyLimit = await accountConcurrencyLimit(of: inventory.functions)
    inventory.apis = await apis().sortedByARN(\.reference)
    inventory.tables = await tables().sortedByARN(\.reference)
    inventory.buckets = await buckets().sortedByARN(\.reference)
    inventory.stateMachines = await stateMachines().sortedByARN(\.reference)
    inventory.rules = await rules().sortedByARN(\.reference)
    inventory.schedules = await schedules().sortedByARN(\.reference)
    if Task.isCancelled {
      calls.note(
        Gap(
          .missingData, subject: "Discovery", message: "The analysis was cancelled before the account was read to its end.",
          consequence: "Resources are missing from this report."))
    }
    inventory.brokenLists = calls.brokenLists
    inventory.gaps = calls.gaps
    inventory.callCount = calls.count
    return inventory
  }

  private func accountID() async -> String? {
    let call = AccountCall(
      "sts", "GetCallerIdentity", subject: "Account", consequence: "The report does not name its account.")
    return await calls.value(call)?["Account"]?.stringValue
  }

  /// "aws", "aws-cn", "aws-us-gov": the first part of an ARN, by the region's name.
  var partition: String {
    if region.hasPrefix("cn-") { return "aws-cn" }
    if region.hasPrefix("us-gov-") { return "aws-us-gov" }
    return "aws"
  }
}

extension Array {
  /// In the order of ARNs; what is asked about one after the other is asked in this order too.
  func sortedByARN(_ reference: (Element) -> ResourceReference) -> [Element] {
    sorted { reference($0).arn < reference($1).arn }
  }
}
