/** @param args options of asc @throws {Error} with the compiler's messages */
export function compileEngine(args: readonly string[]): Promise<void>;
