@_exported import TesseraFitting
@_exported import TesseraFormats
@_exported import TesseraImaging
@_exported import TesseraLearning
@_exported import TesseraMethods
@_exported import TesseraNumerics
@_exported import TesseraSimulation
@_exported import TesseraStructure
