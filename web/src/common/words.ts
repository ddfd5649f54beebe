/** A name written in capitals-within as separate words: `GradeTwoByIndices` → `grade two by indices`. */
export function inWords(name: string): string {
  return name
    .replace(/(\p{Ll})(\d)/gu, "$1 $2")
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, "$1 $2")
    .split(" ")
    .map((word) => (/^\p{Lu}{2,}/u.test(word) ? word : word.toLowerCase()))
    .join(" ");
}
