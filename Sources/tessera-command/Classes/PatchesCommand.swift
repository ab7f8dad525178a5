import ArgumentParser
import TesseraFormats
import TesseraImaging
import TesseraMethods

/// `tessera patches`: sorts images that show one motif each.
struct PatchesCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "patches",
    abstract: "Sorts patches that were cut out before, each an image of its own, into motifs.",
    discussion: """
      EXAMPLE
        tessera patches crops -o sorted

      writes the folder sorted with patches.csv (class, confidence and place in the layout of each file), features.npy, summary.json \
      and report.html, which shows the layout and the patches of each class. Patches have one size and may lie anywhere on what they \
      show; whether they are turned counts. A class has 6 patches or more. Stacks are read with --frames a..b --each. A file that \
      cannot be read is left out and named, and the exit status is 1. Without --output the folder is patches.sorted.
      """)

  @Argument(
    help: ArgumentHelp("Images, folders of images or patterns.", valueName: "input"), completion: .file())
  var inputs: [String]

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of classes, 1 to 1000. (default: as many as the program finds motifs)", valueName: "n"))
  var classes: Int?

  @OptionGroup(title: "Input") var image: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var seed: SeedOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if let classes, !(1...1000).contains(classes) {
      throw ValidationError("--classes must be between 1 and 1000, but is \(classes)")
    }
  }

  func run() throws {
    let path = output.output ?? "patches.sorted"
    try AtomicOutput.checkPlace(path, replacing: output.force, inputs: inputs)
    var sorter = PatchSorter()
    sorter.classCount = classes
    let files = try ImageFolder.files(of: inputs)
    let chosen = image.images(of: files)
    var patches: [Micrograph] = []
    var failures: [(input: String, error: any Error)] = []
    for one in chosen {
      do {
        var patch = try image.micrograph(of: one)
        try sorter.check(patch)
        patch.name = one.name
        patches.append(patch)
      } catch { failures.append((one.name, error)) }
    }
    if patches.isEmpty { return try report(failures, of: chosen.count) }
    var found = try sorter.result(of: patches, seed: seed.seed)
    found.leftOut = failures.map(\.input)
    let summary = try found.write(to: path, inputs: inputs, replacing: output.force)
    if output.json {
      try Messages.printJSON(summary)
    } else {
      for sentence in found.sentences { print(sentence) }
      print("report: \(path)/report.html")
    }
    try report(failures, of: chosen.count)
  }
}
