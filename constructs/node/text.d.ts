/** Shell files are read as text: by the bundler of `run.js`, and by the tests. */
declare module "*.sh" {
  const text: string;
  export default text;
}
