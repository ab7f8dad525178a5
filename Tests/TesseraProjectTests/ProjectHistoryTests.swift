import Foundation
import TesseraMethods
import TesseraProject
import Testing

struct `The history of a project` {
  private static func analysis(_ result: Int64, sites: Int = 3) -> ProjectStep {
    .analysis(.init(result: result, settings: [:], columns: .found, siteCount: sites))
  }

  private static func history(_ steps: ProjectStep...) -> ProjectHistory {
    var history = ProjectHistory()
    for (index, step) in steps.enumerated() {
      history.add(.init(id: Int64(index + 1), time: Date(timeIntervalSince1970: 0), step: step))
    }
    return history
  }

  @Test func `leads to nothing at first`() throws {
    let history = ProjectHistory()
    #expect(history.analysis == nil && history.actions.isEmpty && history.undoable == nil && history.redoable == nil)
    #expect(try history.corrections().isEmpty)
  }

  @Test func `keeps what follows the last analysis`() throws {
    let history = Self.history(
      Self.analysis(1), .tree(.name("1", "Mo")), .correction(.remove([0])), Self.analysis(2),
      .tree(.split("2", .init())), .correction(.add([.init(1, 2)])))
    #expect(history.analysis?.result == 2)
    #expect(history.actions == [.split("2", .init())])
    #expect(try history.corrections().added == [.init(1, 2)])
    #expect(try history.corrections().removed.isEmpty)
  }

  @Test func `goes back and forth over an analysis`() throws {
    var history = Self.history(Self.analysis(1), .tree(.name("1", "Mo")), Self.analysis(2))
    history.undo()
    #expect(history.analysis?.result == 1)
    #expect(history.actions == [.name("1", "Mo")])
    history.undo()
    history.undo()
    #expect(history.analysis == nil && history.undoable == nil)
    history.undo()
    #expect(history.applied == 0)
    for _ in 0..<5 { history.redo() }
    #expect(history.applied == 3 && history.analysis?.result == 2)
  }

  @Test func `forgets what was undone once something else is done`() {
    var history = Self.history(Self.analysis(1), .tree(.name("1", "Mo")))
    history.undo()
    history.add(.init(id: 9, time: Date(), step: .tree(.name("1", "W"))))
    #expect(history.redoable == nil)
    #expect(history.actions == [.name("1", "W")])
    #expect(history.entries.map(\.id) == [1, 9])
  }

  @Test func `calls steps by what they did`() {
    #expect(Self.analysis(1).text == "analysis")
    #expect(ProjectStep.tree(.merge(["3", "4"])).text == "merger of classes 3, 4")
    #expect(ProjectStep.correction(.add([.init(0, 0), .init(1, 1)])).text == "2 columns added")
    #expect(ProjectStep.correction(.remove([4])).text == "one column removed")
  }
}
