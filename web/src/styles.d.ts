// Style sheets are imported for their effect: the build joins them to the page's own sheet.
declare module "*.css";
