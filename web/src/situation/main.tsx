import "./style.css";
import { mount } from "../common/mount.ts";
import { Situation } from "./Situation.tsx";

mount("situation", () => <Situation />);
