import ArgumentParser
import TesseraMethods

/// `tessera moire`: twist and stackings of a bilayer.
struct MoireCommand: ImageCommand {
  static let configuration = CommandConfiguration(
    commandName: "moire",
    abstract: "Measures the twist of two hexagonal layers and maps how they lie on each other.",
    discussion: """
      EXAMPLE
        tessera simulate bilayer --kind mos2 --angle 3.1 --counts 5 -o bilayer.tif
        tessera moire bilayer.tif -o bilayer-moire

      writes the folder bilayer-moire with anchors.csv (places of the high-symmetry stackings), domains.tif (the stacking of the \
      nearest anchor for each pixel, numbered in the order of anchors in summary.json), twist.tif and twist-error.tif (local twist in degrees \
      and heterostrain), sites.csv (each column with its nearest anchor), divergence.csv (how alike domains are), summary.json and \
      report.html. The twist is the angle \
      between the layers to the nearest multiple of 60 degrees, without sign, 0 to 30 degrees. An image of fewer than two moire \
      periods gives the status unresolved and no twist. Without --output the folder is NAME.moire.
      """)

  @Argument(help: ArgumentHelp("Image files of bilayers.", valueName: "image"), completion: .file())
  var inputs: [String]

  @OptionGroup(title: "Input") var image: InputOptions
  @OptionGroup(title: "Input") var contrast: ContrastOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func methodRun() throws -> MethodRun<MoireMethod> {
    var method = MoireMethod()
    method.preparation.contrast = contrast.contrast
    return MethodRun(resultName: "moire", output: output) { [method] _ in method }
  }
}
