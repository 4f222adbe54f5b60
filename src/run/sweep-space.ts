// How a dimension is read, for the command line, which may not look into src/search itself.
export { parseDimension } from '#search/space';
