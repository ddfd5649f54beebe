import "./query.css";
import { mount } from "../common/mount.ts";
import { QueryPage } from "./app.tsx";

mount("query", () => <QueryPage />);
