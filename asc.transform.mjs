/**
 * Keeps the functions that are marked `@cold` out of line. The optimizer moves the body of a function that is called
 * from one place into its caller; that makes hot functions long, and the VM then takes long to compile them.
 */
export default class ColdFunctions {
  /** Called by asc before it optimizes. `program` and `binaryen` were set by asc. */
  afterCompile(module) {
    for (const [name, { prototype }] of this.program.instancesByName) {
      if (!prototype?.declaration?.decorators?.some((decorator) => decorator.name.text === 'cold')) continue;
      this.binaryen.setPassArgument('no-inline', name);
      module.runPasses(['no-inline']);
    }
    this.binaryen.setPassArgument('no-inline', null);
  }
}
