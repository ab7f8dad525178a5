import ArgumentParser
import TesseraMethods

extension Evaluation.Subject: ExpressibleByArgument {}

/// `tessera evaluate`: scores against a truth.
struct EvaluateCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Scores sites, masks or labels against the truth.",
    discussion: """
      EXAMPLE
        tessera simulate mose2 -o test.tif && tessera sites test.tif -o found.csv
        tessera evaluate found.csv test.sites.csv

      Tables with columns x and y are scored as sites: a found and a true site match if each is the other's nearest \
      neighbour, within half the mean spacing of the truth. Other tables, and both with --as labels, are scored by their \
      labels. Images with two values are masks, others label maps. Several pairs: all predicted files first, then all \
      true ones in the same order; masks pool their pixels, other scores are means.
      """)

  @Argument(
    help: ArgumentHelp("Predicted file, then the truth; or n predicted files, then n true ones.", valueName: "file"))
  var files: [String]

  @Option(name: .customLong("as"), help: "What the files hold, where it is not what they look like.")
  var subject: Evaluation.Subject?

  @Option(help: ArgumentHelp("Largest distance of a match. (default: half the mean spacing)", valueName: "pixels"))
  var tolerance: Double?

  @Flag(help: "Count nodes without a column (kind vacant) as sites.")
  var vacant = false

  @Option(
    help: ArgumentHelp("Elements whose columns may stay unseen, such as O: they do not count.", valueName: "symbols"))
  var optional: String?

  @Option(
    help: ArgumentHelp(
      "Only sites in this rectangle count, in pixels, such as 0,0,1023,1023 for those in the frame.",
      valueName: "x,y,w,h"))
  var region: RegionArgument?

  @Option(help: ArgumentHelp("Column with the predicted labels. (default: class)", valueName: "name"))
  var column: String?

  @Option(help: ArgumentHelp("Column with the true labels. (default: environment)", valueName: "name"))
  var truthColumn: String?

  @Flag(help: "Print one JSON value on standard output, and nothing else.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard files.count >= 2, files.count.isMultiple(of: 2) else {
      throw ValidationError("evaluate needs as many true files as predicted ones, but got \(files.count) files")
    }
    if let tolerance, !(tolerance > 0) { throw ValidationError("--tolerance must be positive, but is \(tolerance)") }
  }

  func run() throws {
    var evaluation = Evaluation()
    evaluation.subject = subject
    evaluation.tolerance = tolerance
    evaluation.countsVacant = vacant
    evaluation.region = region?.region
    evaluation.optionalElements = Set(optional?.split(separator: ",").map(String.init) ?? [])
    (evaluation.column, evaluation.truthColumn) = (column, truthColumn)
    let half = files.count / 2
    let pairs = try (0..<half).map { index in
      Pair(
        predicted: files[index], truth: files[half + index],
        scores: try evaluation.scores(of: files[index], truth: files[half + index]))
    }
    if pairs.count == 1 {
      if json { try Messages.printJSON(pairs[0].scores) } else { print(Self.table(pairs[0].scores)) }
      return
    }
    let pooled = Scores(pooling: pairs.map(\.scores))
    if json { return try Messages.printJSON(Report(pooled: pooled, pairs: pairs)) }
    for pair in pairs { print("\(pair.predicted)\n\(Self.table(pair.scores, indent: "  "))") }
    if let pooled { print("all\n\(Self.table(pooled, indent: "  "))") }
  }

  private struct Pair: Encodable {
    let predicted, truth: String
    let scores: Scores
  }

  private struct Report: Encodable {
    let pooled: Scores?
    let pairs: [Pair]
  }

  /// One line a score.
  private static func table(_ scores: Scores, indent: String = "") -> String {
    let width = scores.entries.map(\.name.count).max() ?? 0
    let lines = scores.entries.map { entry in
      let value = entry.isCount ? "\(Int(entry.value))" : short(entry.value)
      return indent + entry.name.padding(to: width) + "  " + value
    }
    return lines.joined(separator: "\n")
  }
}

/// `--region`.
struct RegionArgument: ExpressibleByArgument {
  let region: Evaluation.Region

  init?(argument: String) {
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
    guard numbers.count == 4, argument.count(where: { $0 == "," }) == 3, numbers.allSatisfy(\.isFinite),
      numbers[2] > 0, numbers[3] > 0
    else { return nil }
    region = Evaluation.Region(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
  }
}
