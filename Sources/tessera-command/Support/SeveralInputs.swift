import ArgumentParser

/// Runs `work` for each input and goes on past those that fail.
///
/// One input: its error is thrown. Several: each failure is said, then a table names them; the status is theirs if every
/// input failed alike, otherwise 1. The inputs that did not fail are complete in any case.
func forEachInput(_ inputs: [String], _ work: (String) throws -> Void) throws {
  if inputs.count == 1 { return try work(inputs[0]) }
  var failures: [(input: String, error: any Error)] = []
  for input in inputs {
    do { try work(input) } catch { failures.append((input, error)) }
  }
  guard !failures.isEmpty else { return }
  let width = failures.map(\.input.count).max() ?? 0
  let table = failures.map { failure in
    "  \(failure.input.padding(to: width))  \(ExitStatus.sentence(for: failure.error))"
  }
  Messages.error("\(failures.count) of \(inputs.count) inputs failed:\n" + table.joined(separator: "\n"))
  let codes = Set(failures.map { ExitStatus.code(for: $0.error) })
  throw ExitCode(failures.count == inputs.count && codes.count == 1 ? codes.first! : ExitStatus.someFailed)
}

extension String {
  /// The text followed by spaces up to a number of characters.
  func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
