import SimulatedAWS
import Testing

@Suite struct NoFaultsTests {
  @Test func `nothing goes wrong without faults`() {
    let chance = NoFaults()
    #expect(ServiceFault.allCases.allSatisfy { !chance.occurs($0) })
    #expect(chance.number(in: 3...9) == 3)
  }
}
