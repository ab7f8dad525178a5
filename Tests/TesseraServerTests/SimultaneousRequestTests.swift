import Foundation
import Synchronization
import TesseraMethods
import TesseraNumerics
import TesseraServer
import TestSupport
import Testing

/// Requests that reach a project at once.
@Suite(.slow) struct `Simultaneous requests` {
  private static let path = "/api/projects/1"

  /// Those that are taken are in the columns of the analysis; the others are told to wait.
  @Test func `to correct columns and to analyse lose no correction`() async throws {
    let columns = Mutex(0)
    let gate = DispatchSemaphore(value: 0)
    let server = try await RunningServer { order, _ in
      let table = try String(contentsOfFile: order.files["sites"] ?? "", encoding: .utf8)
      columns.withLock { $0 = table.split(separator: "\n").count - 1 }
      gate.wait()
      throw DataError("no more is asked of it")
    }
    let client = server.client
    #expect(await client.post(Self.path + "/corrections", #"{"add": [[5, 5]]}"#).status == 200)
    let statuses = await withTaskGroup(of: Int.self) { group in
      for number in 0..<60 {
        group.addTask {
          if number == 20 {
            _ = await client.post(Self.path + "/analysis", #"{"columns": "corrected"}"#)
            return 0
          }
          return await client.post(Self.path + "/corrections", #"{"add": [[\#(number + 10), 20]]}"#).status
        }
      }
      return await group.reduce(into: [Int]()) { $0.append($1) }
    }
    gate.signal()
    #expect(await server.state().failure == "no more is asked of it")
    let taken = 1 + statuses.count { $0 == 200 }
    #expect(statuses.allSatisfy { [0, 200, 422].contains($0) })
    #expect(columns.withLock { $0 } == taken, "\(statuses)")
  }

  @Test func `for a measurement while a job runs leave what there is`() async throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try await RunningServer { order, _ in
      if order.settings["axis"] != "none" { gate.wait() }
      throw DataError("the image shows no lattice")
    }
    let client = server.client
    _ = await client.post(Self.path + "/measurements", #"{"command": "strain", "settings": {"axis": "none"}}"#)
    #expect(await server.state().failure == "the image shows no lattice")
    #expect(await client.post(Self.path + "/analysis", "{}").status == 202)
    let refused = await client.post(Self.path + "/measurements", #"{"command": "strain"}"#)
    #expect(refused.status == 422 && refused.text.contains("another job is running"))
    gate.signal()
    let state = await server.state()
    #expect((state.json["failures"] as? [String: String])?["strain"] == "the image shows no lattice")
    #expect(server.workNames.allSatisfy { !$0.contains("given-") }, "\(server.workNames)")
  }
}
