/// What every world is checked for.
public enum StandardInvariants {
  /// Fresh checkers for one world: they remember what they have seen.
  public static func make() -> [any Invariant] {
    [
      ConversationsAreAcceptable(), ToolUsesAreAnswered(), RoundsContinueOnce(), OutcomesAreFinal(), TasksRunOnce(), BudgetsHold(),
      OutcomesAreTold(), NothingWaitsInVain(), NothingFallsSilent(), AuditIsComplete(), RequestsEnd(), NothingIsOrphaned(),
      RunsAreAsAsked(), AnswersAreTheModels(), OneHandlerAsks(), MessagesAreOfTasks(), EventsAreWrittenDown(), ObjectsStay(),
      AgentsAreThemselves(), AnswersAreKept(), NewAgentsAreKnown(),
    ]
  }
}
