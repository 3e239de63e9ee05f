// Differences that scripts/check-files passes: a pattern over `file: difference`, and why it is
// meant. What is not named here is a fault.

export const BY_DESIGN = [
  { about: /multipatches \(3D models\) have no place on a map/, why: "3D models have no place on a map" },
  {
    about: /3dpoints\.shp: GDAL reads 8; 22 served/,
    why: "its .shp and .dbf have 22 rows; GDAL believes a damaged .shx",
  },
  {
    about: /geometry of type \w+ is not supported; convert it/,
    why: "arcs and surfaces are converted by GDAL",
  },
  {
    about: /EPSG:\d+ is not supported; convert the file to EPSG:4326/,
    why: "files in the CRS of Korea, in degrees or in Web Mercator are read",
  },
  { about: /there is no \.prj that names its CRS/, why: "a CRS is not guessed" },
  {
    about: /it can't be in .+ \(by its \.prj\)/,
    why: "positions that contradict the .prj are not guessed at",
  },
  {
    about: /by its \.prj\) its positions have no place|by RFC 7946\) its positions have no place/,
    why: "positions that contradict the CRS are not guessed at",
  },
  { about: /the CRS definition can't be used/, why: "the CRS is named by its code instead" },
  { about: /this is TopoJSON; convert it to GeoJSON first/, why: "TopoJSON is converted by GDAL" },
  {
    about: /the \.dbf has \d+ rows and the \.shp has more/,
    why: "parts of two Shapefiles are not put together",
  },
  { about: /no \.shp and no \.geojson is in it/, why: "zips of Shapefiles and GeoJSON are read" },
  {
    about: /\.(geo)?json: .*(this is no GeoJSON|invalid type: |not one of its rows can be kept)/,
    why: "what contradicts RFC 7946 is refused, where GDAL leaves geometry out",
  },
  {
    about: /\.(geo)?json: GDAL reads nothing; \d+ served/,
    why: "an empty geometry is a row without geometry",
  },
  {
    about: /--id and --title are for one dataset/,
    why: "an archive of several datasets is imported without --id",
  },
  { about: /\.zip: GDAL reads nothing; \d+ served/, why: "GDAL looks at the top of a zip alone" },
  {
    about: /it holds \w+ tiles; only Mapbox Vector Tiles are served/,
    why: "pictures and other tiles are not served",
  },
  { about: /it is PMTiles version \d+; version 3 is read/, why: "version 3 alone is read" },
  { about: /a header takes 127|it does not begin as a PMTiles archive does/, why: "it is no archive" },
  {
    about:
      /\.(mvt|pbf): refused: .*(\(section 4\.\d\)|a geometry type that does not exist|a field of another type|a layer's field of another type|a feature's field that is repeated)/,
    why: "the tile contradicts MVT 2.1 where readers do not agree",
  },
];
