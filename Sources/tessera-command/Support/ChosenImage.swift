import ArgumentParser
import Foundation
import TesseraImaging

/// One image that a command works on: a file's, or with `--each` one frame of it.
struct ChosenImage {
  /// As the user typed it.
  let input: String
  /// Nil: what `--frame` or the mean of `--frames` chooses.
  var frame: Int?

  /// How messages call it.
  var name: String { frame.map { "\(input), frame \($0)" } ?? input }
  /// The file's name without folder and extension.
  var stem: String {
    guard input != StandardOutput.name else { return StandardInput.stem }
    return ((input as NSString).lastPathComponent as NSString).deletingPathExtension
  }
}

extension InputOptions {
  /// The images of these files, in order: one per file, or with `--each` one a frame.
  func images(of inputs: [String]) -> [ChosenImage] {
    guard each, let frames = single.frames else { return inputs.map { ChosenImage(input: $0) } }
    return inputs.flatMap { input in frames.frames.map { ChosenImage(input: input, frame: $0) } }
  }

  /// The pixels of one of them. Its warnings are printed.
  func micrograph(of image: ChosenImage) throws -> Micrograph {
    guard let frame = image.frame else { return try micrograph(at: image.input) }
    return try single.micrograph(at: image.input, frame: frame)
  }
}

/// Runs `work` for each input and goes on past those that fail.
///
/// One input: its error is thrown. Several: each failure is said, then a table names them; the status is theirs if every
/// input failed alike, otherwise 1. The inputs that did not fail are complete in any case.
/// - Parameter announced: whether it is said that an input begins, with its number: for work that takes a while.
func forEachInput(_ inputs: [String], announced: Bool, _ work: (String) throws -> Void) throws {
  try forEachInput(inputs, named: { $0 }, announced: announced, work)
}

/// The same for the images of `InputOptions.images(of:)`.
func forEachImage(_ images: [ChosenImage], _ work: (ChosenImage) throws -> Void) throws {
  try forEachInput(images, named: \.name, announced: true, work)
}

/// The same in two steps: `begin` does the work on several frames of a file at a time, `end` is called in their order. The first frame of a
/// file is done alone, with all threads.
/// - Parameter count: how many frames like one are worked on at a time.
func forEachImage<Value>(
  _ images: [ChosenImage], count: (Value) -> Int, begin: @escaping (ChosenImage) throws -> Value,
  end: @escaping (ChosenImage, Value) throws -> Void
) throws {
  if images.count == 1 { return try end(images[0], begin(images[0])) }
  var failures: [(input: String, error: any Error)] = []
  func announced(_ index: Int) throws -> Value {
    announce(index, of: images.count, images[index].name)
    return try begin(images[index])
  }
  func ended(_ index: Int, _ outcome: Result<Value, any Error>) {
    do { try end(images[index], outcome.get()) } catch { failures.append((images[index].name, error)) }
  }
  var first = 0
  while first < images.count {
    let others = images[first...].firstIndex { $0.input != images[first].input } ?? images.count
    let outcome = Result { try announced(first) }
    let atOnce = (try? outcome.get()).map(count) ?? 1
    ended(first, outcome)
    SideBySide.run(first + 1..<others, count: atOnce, begin: announced, end: ended)
    first = others
  }
  try report(failures, of: images.count)
}

private func forEachInput<Input>(
  _ inputs: [Input], named name: (Input) -> String, announced: Bool, _ work: (Input) throws -> Void
) throws {
  if inputs.count == 1 { return try work(inputs[0]) }
  var failures: [(input: String, error: any Error)] = []
  for (index, input) in inputs.enumerated() {
    if announced { announce(index, of: inputs.count, name(input)) }
    do { try work(input) } catch { failures.append((name(input), error)) }
  }
  try report(failures, of: inputs.count)
}

/// Says that one of several inputs begins: `3 of 40: scan.tif`.
func announce(_ index: Int, of count: Int, _ name: String) { Messages.note("\(index + 1) of \(count): \(name)") }

/// Says which of several inputs failed, and throws the status. The error of a single input is thrown as it is.
func report(_ failures: [(input: String, error: any Error)], of count: Int) throws {
  guard !failures.isEmpty else { return }
  if count == 1 { throw failures[0].error }
  let width = failures.map(\.input.count).max() ?? 0
  let table = failures.map { failure in
    "  \(failure.input.padding(to: width))  \(fact(ExitStatus.sentence(for: failure.error), about: failure.input))"
  }
  Messages.error("\(failures.count) of \(count) inputs failed:\n" + table.joined(separator: "\n"))
  let codes = Set(failures.map { ExitStatus.code(for: $0.error) })
  throw ExitCode(failures.count == count && codes.count == 1 ? codes.first! : ExitStatus.someFailed)
}

/// A sentence without the name of the input, which the table of failures has in its first column.
func fact(_ sentence: String, about input: String) -> String {
  let names = [input, (input as NSString).lastPathComponent].filter { !$0.isEmpty }
  return names.first { sentence.hasPrefix("\($0): ") }.map { String(sentence.dropFirst($0.count + 2)) } ?? sentence
}

extension String {
  /// The text followed by spaces up to a number of characters.
  func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
