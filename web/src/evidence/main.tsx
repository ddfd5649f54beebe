import "./style.css";
import { mount } from "../common/mount.ts";
import { Evidence } from "./Evidence.tsx";

mount("evidence", () => <Evidence />);
