import ArgumentParser
import TesseraMethods

extension Evaluation.Subject: ExpressibleByArgument {}

/// `tessera evaluate`: scores against a truth.
struct EvaluateCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Scores predicted sites, masks or labels against the truth.",
    discussion: """
      EXAMPLE
        tessera simulate mose2 -o test.tif
        tessera sites test.tif -o found.csv
        tessera evaluate found.csv test.sites.csv --region=-0.5,-0.5,1024,1024

      Sites: tables with the columns x and y. A predicted and a true site match if each is the nearest neighbour of the \
      other and the distance is at most half the mean spacing of the true sites (--tolerance). --region excludes predicted \
      sites that lie just outside the image, which the truth does not list.

      Labels: other tables, all tables with --as labels, and images with more than two values (label maps). Label 0 of a \
      map is unknown: it is right only where it is the true label.

      Masks: images with two values.

      Instances (--as instances): label maps in which each number is an object, such as the particles of instances.tif. An object \
      is found if one of the prediction overlaps it with an intersection over union of at least 0.5; objects that the border \
      of the image cuts do not count.

      For several pairs, all predicted files come first, then all true files in the same order. The pixels of masks and the \
      numbers of instances are pooled; other scores are averaged.
      """)

  @Argument(
    help: ArgumentHelp(
      "One predicted and one true file, or n predicted files followed by n true files.", valueName: "file"),
    completion: .file())
  var files: [String]

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Kind of data in the files: sites, mask, labels or instances. (default: found from the files)", valueName: "kind")
  )
  var subject: Evaluation.Subject?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Maximum distance between matching sites in pixels, above 0 and at most 1000000000. (default: half the mean spacing of the true sites)",
      valueName: "pixels"), transform: number(above: 0, to: 1e9))
  var tolerance: Double?

  @Flag(help: "Also score vacant nodes (rows of the kind vacant) as sites.")
  var vacant = false

  @Option(
    help: ArgumentHelp(
      "Elements to ignore, separated by commas, because their columns may be invisible: O, for example.",
      valueName: "symbols"))
  var optional: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rectangle to score, in pixels: left edge, top edge, width and height. An image of 512 x 512 pixels is "
        + "-0.5,-0.5,512,512. (default: everything)", valueName: "x,y,w,h"), transform: RegionArgument.init(typed:))
  var region: RegionArgument?

  @Option(
    help: ArgumentHelp(
      "Name of the table column that contains the predicted labels. (default: class)", valueName: "name"))
  var column: String?

  @Option(
    help: ArgumentHelp(
      "Name of the table column that contains the true labels. (default: environment)", valueName: "name"))
  var truthColumn: String?

  @Flag(help: "Print the scores as one JSON value on standard output, and nothing else.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard files.count >= 2, files.count.isMultiple(of: 2) else {
      throw ValidationError(
        "evaluate needs as many true files as predicted files, but \(files.count) "
          + "\(files.count == 1 ? "file was" : "files were") given"
      )
    }
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
      let (predicted, truth) = (files[index], files[half + index])
      if half > 1 { announce(index, of: half, predicted) }
      return Pair(
        predicted: predicted, truth: truth,
        scores: try StageLog(of: predicted).run("scores") {
          try evaluation.scores(of: StandardInput.file(for: predicted), truth: StandardInput.file(for: truth))
        })
    }
    for pair in pairs { for warning in pair.scores.warnings { Messages.warning("\(pair.predicted): \(warning)") } }
    if pairs.count == 1 {
      if json { try Messages.printJSON(Single(scores: pairs[0].scores)) } else { print(Self.table(pairs[0].scores)) }
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

  /// The scores of one pair, with the version beside them.
  private struct Single: Encodable {
    let scores: Scores

    private enum Key: CodingKey { case version }

    func encode(to encoder: any Encoder) throws {
      try scores.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(TesseraVersion.current, forKey: .version)
    }
  }

  private struct Report: Encodable {
    let pooled: Scores?
    let pairs: [Pair]
    let version = TesseraVersion.current
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
struct RegionArgument: Sendable {
  let region: Evaluation.Region

  init(typed text: String) throws {
    guard let numbers = NumberList.numbers(in: text), numbers.count == 4, numbers[2] > 0, numbers[3] > 0,
      numbers.allSatisfy({ abs($0) <= 1e9 })
    else {
      throw ValidationError(
        "four numbers of at most 1000000000 are needed, the last two positive, such as -0.5,-0.5,512,512")
    }
    region = Evaluation.Region(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
  }
}
